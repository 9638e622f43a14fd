"""What tests share: real databases, a clock that stands still, builders, clients. Substitutes, never mocks."""
