package io.mosaik.streams.criteria;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;

/** A value that a component is compared with. Sorted among those of its kind. */
sealed interface Literal extends Comparable<Literal> {

  /** The value of a user. */
  static Literal of(Object value) {
    return switch (Objects.requireNonNull(value, "criteria compare with no null")) {
      case String text -> new Text(text);
      case Character letter -> new Text(letter.toString());
      case Enum<?> constant -> new Text(constant.name());
      case Boolean flag -> new Flag(flag);
      case Number number -> new Numeric(exact(number));
      default ->
          throw new IllegalArgumentException(
              "criteria compare with texts, characters, numbers, booleans and constants, not with a "
                  + value.getClass().getName());
    };
  }

  private static BigDecimal exact(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case Double real when Double.isFinite(real) -> BigDecimal.valueOf(real);
      case Float real when Float.isFinite(real) -> new BigDecimal(real.toString());
      case Long integer -> BigDecimal.valueOf(integer);
      case Integer integer -> BigDecimal.valueOf(integer);
      case Short integer -> BigDecimal.valueOf(integer);
      case Byte integer -> BigDecimal.valueOf(integer);
      default ->
          throw new IllegalArgumentException(
              "criteria can't compare with "
                  + number
                  + " of "
                  + number.getClass().getName()
                  + "; give a finite number of the JDK");
    };
  }

  /** What kind of value, for people. */
  default String kind() {
    return switch (this) {
      case Text ignored -> "a text";
      case Numeric ignored -> "a number";
      case Flag ignored -> "a boolean";
    };
  }

  @Override
  default int compareTo(Literal other) {
    return switch (this) {
      case Text(var text) when other instanceof Text(var otherText) -> text.compareTo(otherText);
      case Numeric(var number) when other instanceof Numeric(var otherNumber) ->
          number.compareTo(otherNumber);
      case Flag(var flag) when other instanceof Flag(var otherFlag) ->
          Boolean.compare(flag, otherFlag);
      default -> throw new ClassCastException(this + " and " + other);
    };
  }

  /**
   * A text, or the name of an enum's constant.
   *
   * @param text of at most {@link Criteria#MAX_TEXT_BYTES}
   */
  record Text(String text) implements Literal {

    /** Checks the length. */
    public Text {
      Limits.checkText(text);
    }

    /** Shortened, and without control characters: it may come from the network and go to a log. */
    @Override
    public String toString() {
      String start = text.length() > 40 ? text.substring(0, 40) + "..." : text;
      return "'" + start.replaceAll("\\p{Cntrl}", "?") + "'";
    }
  }

  /**
   * A number, without zeros at its end.
   *
   * @param number of at most {@link #MAX_BITS} and {@link #MAX_SCALE}
   */
  record Numeric(BigDecimal number) implements Literal {

    /** The most bits of its digits, taken as one integer, with the sign. */
    static final int MAX_BITS = 256;

    /** The largest exponent, either way. */
    static final int MAX_SCALE = 512;

    /** Checks the size before anything is computed. */
    public Numeric {
      checkSize(number);
      number = number.stripTrailingZeros();
      checkSize(number);
    }

    private static void checkSize(BigDecimal number) {
      if (number.unscaledValue().bitLength() >= MAX_BITS || Math.abs(number.scale()) > MAX_SCALE) {
        throw new IllegalArgumentException(
            "criteria with a number of more than "
                + MAX_BITS
                + " bits or an exponent beyond "
                + MAX_SCALE);
      }
    }

    @Override
    public String toString() {
      return number.toString();
    }
  }

  /**
   * A boolean.
   *
   * @param flag its value
   */
  record Flag(boolean flag) implements Literal {

    @Override
    public String toString() {
      return String.valueOf(flag);
    }
  }
}
