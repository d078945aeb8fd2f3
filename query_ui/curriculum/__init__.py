"""`/curriculum`: what chosen modules cover of the needs that sources name, what they leave, and what dropping one would lose."""
