"""What a report says, as frozen records; read strictly from signed content."""
