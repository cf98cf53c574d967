"""An order meets a vial: what the pump did, what the patient got, and what is left to waste."""
