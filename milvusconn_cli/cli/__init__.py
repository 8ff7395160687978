"""What the verbs share: options, opening the registry, probing, messages, help."""
