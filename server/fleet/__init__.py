"""The devices as a whole: what is accounted for, what somebody should look at, and whether the server is well."""
