"""Who may be what, who may do what, and what makes a sign-in strong."""
