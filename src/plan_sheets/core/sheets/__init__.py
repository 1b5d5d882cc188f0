"""What each sheet of the master and the board paper says: one file a sheet."""
