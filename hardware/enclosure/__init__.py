"""The housings, as code: solids that can be printed and that tests can cut, measure and fill."""
