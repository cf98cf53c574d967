"""Tests of protocols and instruments, and of the content that is shipped."""
