"""What there is to mend in returns."""
