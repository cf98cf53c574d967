"""A synthetic year: weeks walked through the routes once, and then copied as rows to other people, chairs and days."""
