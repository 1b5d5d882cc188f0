"""What decides: pure facts and rules. Nothing here touches a file, a database or a clock."""
