"""What a workbook or a paper is before it is a file."""
