package io.mosaik.streams.criteria;

import java.util.Collection;
import java.util.List;

/**
 * Says of a datum whether a consumer wants it, by the components of its record:
 *
 * {@snippet :
 * Criteria.where("pair").in("BTC-USD", "ETH-USD")
 *     .and(Criteria.where("price").atLeast(100))
 *     .and(Criteria.where("account.country").is("CH").negate());
 * }
 *
 * <p>A name with dots leads into a component that is a record itself. Components that can be asked
 * are numbers of every kind, booleans, texts, characters and enums, which compare by name. Numbers
 * compare by value, so {@code 1} is {@code 1.0}; texts by their UTF-16 code units, as {@link
 * String#compareTo} does. A component that is null, or within a record that is null, satisfies no
 * comparison; its negation holds.
 *
 * <p>Both ends check it against their own type of the datum before anything flows: a component that
 * isn't there, or is of a kind that the comparison doesn't suit, is refused with its name.
 * Immutable; two that compare the same components with the same values in the same order are equal.
 *
 * <p>It is at most {@value #MAX_DEPTH} levels deep, with at most {@value #MAX_SIZE} operators and
 * values together; each text has at most {@value #MAX_TEXT_BYTES} bytes in UTF-8, a number at most
 * 256 bits and an exponent of at most 512 either way. A larger one can't be made.
 */
public sealed interface Criteria permits AllOf, AnyOf, Negation, Membership, Ordering, Prefix {

  /** The most levels of operators. */
  int MAX_DEPTH = 16;

  /** The most operators and values together. */
  int MAX_SIZE = 1024;

  /** The longest text or name, in bytes of UTF-8. */
  int MAX_TEXT_BYTES = 1024;

  /**
   * Begins a comparison.
   *
   * @param component the name of a record's component, or several that lead inwards, joined by dots
   */
  static Subject where(String component) {
    return new Subject(Path.of(component));
  }

  /** Holds where both hold. */
  default Criteria and(Criteria other) {
    return new AllOf(List.of(this, other));
  }

  /** Holds where at least one holds. */
  default Criteria or(Criteria other) {
    return new AnyOf(List.of(this, other));
  }

  /** Holds where this one doesn't. */
  default Criteria negate() {
    return new Negation(this);
  }

  /** The component that a comparison is about. Immutable. */
  final class Subject {

    private final Path path;

    private Subject(Path path) {
      this.path = path;
    }

    /** Equals the text. */
    public Criteria is(String text) {
      return in(text);
    }

    /** Is the character. */
    public Criteria is(char letter) {
      return in(List.of(letter));
    }

    /** Equals the number. */
    public Criteria is(Number number) {
      return in(number);
    }

    /** Equals the constant. */
    public Criteria is(Enum<?> constant) {
      return in(constant);
    }

    /** Equals the boolean. */
    public Criteria is(boolean flag) {
      return new Membership(path, List.of(new Literal.Flag(flag)));
    }

    /** Equals one of the texts, at least one. */
    public Criteria in(String... texts) {
      return in(List.of(texts));
    }

    /** Equals one of the numbers, at least one. */
    public Criteria in(Number... numbers) {
      return in(List.of(numbers));
    }

    /** Is one of the constants, at least one. */
    public Criteria in(Enum<?>... constants) {
      return in(List.of(constants));
    }

    /**
     * Equals one of the values.
     *
     * @param values at least one, all of them texts, characters or constants, all numbers, or all
     *     booleans
     */
    public Criteria in(Collection<?> values) {
      return new Membership(path, values.stream().map(Literal::of).toList());
    }

    /** Is a number below this one. */
    public Criteria lessThan(Number bound) {
      return ordered(Ordering.Order.LESS_THAN, bound);
    }

    /** Is a number up to this one. */
    public Criteria atMost(Number bound) {
      return ordered(Ordering.Order.AT_MOST, bound);
    }

    /** Is a number from this one on. */
    public Criteria atLeast(Number bound) {
      return ordered(Ordering.Order.AT_LEAST, bound);
    }

    /** Is a number above this one. */
    public Criteria greaterThan(Number bound) {
      return ordered(Ordering.Order.GREATER_THAN, bound);
    }

    /** Is a number from the first to the last, both included. */
    public Criteria between(Number first, Number last) {
      return atLeast(first).and(atMost(last));
    }

    /** Is a text before this one. */
    public Criteria lessThan(String bound) {
      return ordered(Ordering.Order.LESS_THAN, bound);
    }

    /** Is this text or one before it. */
    public Criteria atMost(String bound) {
      return ordered(Ordering.Order.AT_MOST, bound);
    }

    /** Is this text or one after it. */
    public Criteria atLeast(String bound) {
      return ordered(Ordering.Order.AT_LEAST, bound);
    }

    /** Is a text after this one. */
    public Criteria greaterThan(String bound) {
      return ordered(Ordering.Order.GREATER_THAN, bound);
    }

    /** Is a text from the first to the last, both included. */
    public Criteria between(String first, String last) {
      return atLeast(first).and(atMost(last));
    }

    /** Is a text that begins so. */
    public Criteria startsWith(String prefix) {
      return new Prefix(path, prefix);
    }

    private Criteria ordered(Ordering.Order order, Object bound) {
      return new Ordering(path, order, Literal.of(bound));
    }
  }
}
