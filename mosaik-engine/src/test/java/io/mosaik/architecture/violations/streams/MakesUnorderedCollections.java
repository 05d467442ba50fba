package io.mosaik.architecture.violations.streams;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

class MakesUnorderedCollections {
  static final Set<String> CONSTANT = Set.of("a", "b");

  final Map<String, String> unordered = new HashMap<>();
  final Map<String, String> ordered = new LinkedHashMap<>();

  Set<String> both(String a, String b) {
    return Set.of(a, b);
  }
}
