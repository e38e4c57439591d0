"""What a picture's container says: dimensions, completeness, place of taking. Nothing is ever decoded."""
