package io.mosaik.streams;

import io.mosaik.id.StreamId;

/**
 * A stream's id and what it was made of.
 *
 * @param id the id
 * @param text for people
 */
record StreamName(StreamId id, String text) {

  /** The stream that a type belongs to: the name of its {@link Datum}, or its class name. */
  static StreamName of(Class<?> type) {
    Datum named = type.getAnnotation(Datum.class);
    if (named == null) {
      return new StreamName(StreamId.of(type.getName()), type.getName());
    }
    if (named.value().isBlank()) {
      throw new IllegalArgumentException(
          "@Datum on " + type.getName() + " needs a name, as @Datum(\"orders\")");
    }
    return new StreamName(StreamId.of(named.value()), named.value());
  }

  /** A stream of which only the id was given. */
  static StreamName of(StreamId id) {
    return new StreamName(id, id.toString());
  }

  /** For logs and errors: the name, or the short form of an id. */
  @Override
  public String toString() {
    return text.equals(id.toString()) ? id.toShortString() : text;
  }
}
