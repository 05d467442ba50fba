package io.mosaik.architecture.violations.streams;

import java.util.Optional;

class HoldsAnOptional {
  final Optional<String> name = Optional.empty();
}
