package io.mosaik.streams.criteria;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Keeps criteria small, so that looking at one never takes long. */
final class Limits {

  private Limits() {}

  /** Checks what an operator over these parts would come to. */
  static void check(List<Criteria> parts) {
    int depth = 1 + parts.stream().mapToInt(Limits::depth).max().orElse(0);
    if (depth > Criteria.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "criteria of more than " + Criteria.MAX_DEPTH + " levels; say it flatter");
    }
    int size = 1 + parts.stream().mapToInt(Limits::size).sum();
    if (size > Criteria.MAX_SIZE) {
      throw new IllegalArgumentException(
          "criteria of " + size + " operators and values, at most " + Criteria.MAX_SIZE);
    }
  }

  static void checkText(String text) {
    int sizeBytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (sizeBytes > Criteria.MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "criteria with a text of "
              + sizeBytes
              + " bytes, at most "
              + Criteria.MAX_TEXT_BYTES
              + " are allowed");
    }
  }

  static int depth(Criteria criteria) {
    return switch (criteria) {
      case AllOf(var parts) -> 1 + parts.stream().mapToInt(Limits::depth).max().orElse(0);
      case AnyOf(var parts) -> 1 + parts.stream().mapToInt(Limits::depth).max().orElse(0);
      case Negation(var part) -> 1 + depth(part);
      case Membership ignored -> 1;
      case Ordering ignored -> 1;
      case Prefix ignored -> 1;
    };
  }

  static int size(Criteria criteria) {
    return switch (criteria) {
      case AllOf(var parts) -> 1 + parts.stream().mapToInt(Limits::size).sum();
      case AnyOf(var parts) -> 1 + parts.stream().mapToInt(Limits::size).sum();
      case Negation(var part) -> 1 + size(part);
      case Membership(var path, var values) -> 1 + values.size();
      case Ordering ignored -> 2;
      case Prefix ignored -> 2;
    };
  }

  /** For people: the parts, those of several words in brackets. */
  static String join(List<Criteria> parts, String between) {
    return parts.stream()
        .map(part ->
            part instanceof AllOf || part instanceof AnyOf ? "(" + part + ")" : part.toString())
        .collect(Collectors.joining(between));
  }
}
