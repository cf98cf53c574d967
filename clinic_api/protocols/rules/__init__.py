"""What a protocol and an instrument say, as frozen values; how their content is read and refused."""
