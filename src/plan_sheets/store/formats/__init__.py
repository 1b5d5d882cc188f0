"""xlsx, xlsb, xls and ods: guard and read."""
