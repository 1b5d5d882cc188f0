"""The officer's desk: one local page in a browser over the same deeds that the command line calls."""
