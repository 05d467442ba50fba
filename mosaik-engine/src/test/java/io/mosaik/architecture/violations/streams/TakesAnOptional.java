package io.mosaik.architecture.violations.streams;

import java.util.Optional;

record TakesAnOptional(String name) {
  static TakesAnOptional of(Optional<String> name) {
    return new TakesAnOptional(name.orElse(""));
  }
}
