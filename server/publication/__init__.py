"""What leaves the unit's own staff: a fixed grid of cells, small ones hidden, and nothing that gives them away."""
