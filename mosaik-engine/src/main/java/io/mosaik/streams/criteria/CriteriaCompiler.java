package io.mosaik.streams.criteria;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Makes predicates of criteria, for one type of datums. All checks against the type happen here;
 * the predicate reads the components it needs and compares, without reflection. Used by one thread
 * at a time; the predicates by any.
 */
public final class CriteriaCompiler {

  private final Class<?> type;
  private final Components components = new Components();

  /** For datums of this type. */
  public CriteriaCompiler(Class<?> type) {
    this.type = type;
  }

  /**
   * The criteria as a predicate on datums of the type. It throws what an accessor throws.
   *
   * @throws CriteriaMismatchException if the type lacks a component or has it of another kind
   */
  public Predicate<Object> compile(Criteria criteria) {
    return switch (criteria) {
      case AllOf(var parts) -> {
        List<Predicate<Object>> all = parts.stream().map(this::compile).toList();
        yield datum -> {
          for (Predicate<Object> each : all) {
            if (!each.test(datum)) {
              return false;
            }
          }
          return true;
        };
      }
      case AnyOf(var parts) -> {
        List<Predicate<Object>> any = parts.stream().map(this::compile).toList();
        yield datum -> {
          for (Predicate<Object> each : any) {
            if (each.test(datum)) {
              return true;
            }
          }
          return false;
        };
      }
      case Negation(var part) -> compile(part).negate();
      case Membership membership ->
          reach(type, membership.path(), 0, component -> isMember(component, membership));
      case Ordering ordering ->
          reach(type, ordering.path(), 0, component -> isOrdered(component, ordering));
      case Prefix prefix ->
          reach(type, prefix.path(), 0, component -> hasPrefix(component, prefix));
    };
  }

  /** Follows a path inwards; a record that is null on the way satisfies nothing. */
  private Predicate<Object> reach(
      Class<?> holder, Path path, int index, Function<RecordComponent, Predicate<Object>> last) {
    RecordComponent component = Components.find(holder, path.names().get(index), path);
    if (index == path.names().size() - 1) {
      return last.apply(component);
    }
    Predicate<Object> rest = reach(component.getType(), path, index + 1, last);
    Function<Object, Object> step = components.reader(component);
    return datum -> {
      Object inner = step.apply(datum);
      return inner != null && rest.test(inner);
    };
  }

  private Predicate<Object> isMember(RecordComponent component, Membership membership) {
    List<Literal> values = membership.values();
    Path path = membership.path();
    return switch (Kind.of(component.getType())) {
      case INTEGER -> {
        long[] wanted = values.stream().mapToLong(value -> wholeNumber(value, path)).toArray();
        yield integer(
            component,
            wanted.length == 1
                ? value -> value == wanted[0]
                : value -> Arrays.binarySearch(wanted, value) >= 0);
      }
      case REAL -> {
        double[] wanted =
            values.stream()
                .mapToDouble(value -> real(value, component.getType(), path))
                .sorted()
                .toArray();
        // 0.0 and -0.0 are the same number, which a search by bits would not see.
        yield real(component, value -> Arrays.binarySearch(wanted, value == 0 ? 0.0 : value) >= 0);
      }
      case DECIMAL -> {
        var wanted = new TreeSet<BigDecimal>();
        values.forEach(value -> wanted.add(number(value, path)));
        yield decimal(component, wanted::contains);
      }
      case TEXT, CONSTANT -> {
        var wanted = new TreeSet<String>();
        values.forEach(value -> wanted.add(text(value, component.getType(), path)));
        yield wanted.size() == 1
            ? text(component, wanted.first()::equals)
            : text(component, wanted::contains);
      }
      case FLAG -> {
        List<Boolean> wanted = values.stream().map(value -> flag(value, path)).toList();
        Function<Object, Object> read = components.reader(component);
        yield datum -> read.apply(datum) instanceof Boolean flag && wanted.contains(flag);
      }
      case OTHER -> throw notComparable(component, path);
    };
  }

  private Predicate<Object> isOrdered(RecordComponent component, Ordering ordering) {
    Literal bound = ordering.bound();
    Path path = ordering.path();
    Ordering.Order order = ordering.order();
    return switch (Kind.of(component.getType())) {
      case INTEGER -> {
        long limit = wholeNumber(bound, path);
        yield integer(
            component,
            switch (order) {
              case LESS_THAN -> value -> value < limit;
              case AT_MOST -> value -> value <= limit;
              case AT_LEAST -> value -> value >= limit;
              case GREATER_THAN -> value -> value > limit;
            });
      }
      case REAL -> {
        double limit = real(bound, component.getType(), path);
        yield real(
            component,
            switch (order) {
              case LESS_THAN -> value -> value < limit;
              case AT_MOST -> value -> value <= limit;
              case AT_LEAST -> value -> value >= limit;
              case GREATER_THAN -> value -> value > limit;
            });
      }
      case DECIMAL -> {
        BigDecimal limit = number(bound, path);
        yield decimal(component, value -> order.holds(value.compareTo(limit)));
      }
      case TEXT -> {
        String limit = text(bound, component.getType(), path);
        yield text(component, value -> order.holds(value.compareTo(limit)));
      }
      case CONSTANT, FLAG ->
          throw new CriteriaMismatchException(
              "'" + path + "' is " + Kind.describe(component.getType()) + ", which has no order");
      case OTHER -> throw notComparable(component, path);
    };
  }

  private Predicate<Object> hasPrefix(RecordComponent component, Prefix prefix) {
    if (Kind.of(component.getType()) != Kind.TEXT) {
      throw new CriteriaMismatchException(
          "'"
              + prefix.path()
              + "' is "
              + Kind.describe(component.getType())
              + "; only a text starts with something");
    }
    String beginning = prefix.prefix();
    return text(component, value -> value.startsWith(beginning));
  }

  // ---- reading a component of each kind ----

  private Predicate<Object> integer(RecordComponent component, LongPredicate test) {
    if (component.getType().isPrimitive()) {
      ToLongFunction<Object> read = components.longReader(component);
      return datum -> test.test(read.applyAsLong(datum));
    }
    Function<Object, Object> read = components.reader(component);
    return datum -> read.apply(datum) instanceof Number number && test.test(number.longValue());
  }

  private Predicate<Object> real(RecordComponent component, DoublePredicate test) {
    if (component.getType().isPrimitive()) {
      ToDoubleFunction<Object> read = components.doubleReader(component);
      return datum -> test.test(read.applyAsDouble(datum));
    }
    Function<Object, Object> read = components.reader(component);
    return datum -> read.apply(datum) instanceof Number number && test.test(number.doubleValue());
  }

  private Predicate<Object> decimal(RecordComponent component, Predicate<BigDecimal> test) {
    Function<Object, Object> read = components.reader(component);
    return component.getType() == BigInteger.class
        ? datum ->
            read.apply(datum) instanceof BigInteger integer && test.test(new BigDecimal(integer))
        : datum -> read.apply(datum) instanceof BigDecimal decimal && test.test(decimal);
  }

  private Predicate<Object> text(RecordComponent component, Predicate<String> test) {
    Function<Object, Object> read = components.reader(component);
    if (component.getType() == String.class) {
      return datum -> read.apply(datum) instanceof String text && test.test(text);
    }
    return component.getType().isEnum()
        ? datum -> read.apply(datum) instanceof Enum<?> constant && test.test(constant.name())
        : datum -> read.apply(datum) instanceof Character one && test.test(one.toString());
  }

  // ---- the value that a component is compared with ----

  private static BigDecimal number(Literal value, Path path) {
    if (value instanceof Literal.Numeric(var number)) {
      return number;
    }
    throw new CriteriaMismatchException(
        "'" + path + "' is a number and is compared with " + value.kind() + ", " + value);
  }

  private static long wholeNumber(Literal value, Path path) {
    BigDecimal number = number(value, path);
    // The precision of a whole number of 64 bits; asked first, as 1e512 would have to be written
    // out.
    if (number.scale() > 0 || number.precision() - number.scale() > 19 || !fits(number)) {
      throw new CriteriaMismatchException(
          "'" + path + "' is a whole number of at most 64 bits and is compared with " + value);
    }
    return number.longValueExact();
  }

  private static boolean fits(BigDecimal number) {
    return number.toBigInteger().bitLength() < Long.SIZE;
  }

  private static double real(Literal value, Class<?> type, Path path) {
    BigDecimal number = number(value, path);
    double real =
        type == float.class || type == Float.class ? number.floatValue() : number.doubleValue();
    if (Double.isInfinite(real)) {
      throw new CriteriaMismatchException(
          "'" + path + "' is " + Kind.describe(type) + ", too small for " + value);
    }
    return real;
  }

  private static String text(Literal value, Class<?> type, Path path) {
    if (!(value instanceof Literal.Text(var text))) {
      throw new CriteriaMismatchException(
          "'"
              + path
              + "' is "
              + Kind.describe(type)
              + " and is compared with "
              + value.kind()
              + ", "
              + value);
    }
    if (type.isEnum()
        && Arrays.stream(type.getEnumConstants())
            .noneMatch(constant -> ((Enum<?>) constant).name().equals(text))) {
      throw new CriteriaMismatchException(
          "'" + path + "': " + type.getSimpleName() + " has no constant " + value);
    }
    return text;
  }

  private static Boolean flag(Literal value, Path path) {
    if (value instanceof Literal.Flag(var flag)) {
      return flag;
    }
    throw new CriteriaMismatchException(
        "'" + path + "' is a boolean and is compared with " + value.kind() + ", " + value);
  }

  private static CriteriaMismatchException notComparable(RecordComponent component, Path path) {
    return new CriteriaMismatchException(
        "'"
            + path
            + "' is "
            + Kind.describe(component.getType())
            + "; only numbers, booleans, texts, characters and enums can be compared");
  }

  /** How the components of a type are compared. */
  private enum Kind {
    INTEGER,
    REAL,
    DECIMAL,
    TEXT,
    CONSTANT,
    FLAG,
    OTHER;

    private static final List<Class<?>> INTEGERS =
        List.of(
            byte.class,
            short.class,
            int.class,
            long.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class);
    private static final List<Class<?>> REALS =
        List.of(float.class, double.class, Float.class, Double.class);

    static Kind of(Class<?> type) {
      if (INTEGERS.contains(type)) {
        return INTEGER;
      }
      if (REALS.contains(type)) {
        return REAL;
      }
      if (type == BigDecimal.class || type == BigInteger.class) {
        return DECIMAL;
      }
      if (type == String.class || type == char.class || type == Character.class) {
        return TEXT;
      }
      if (type == boolean.class || type == Boolean.class) {
        return FLAG;
      }
      return type.isEnum() ? CONSTANT : OTHER;
    }

    static String describe(Class<?> type) {
      return "of type " + type.getSimpleName();
    }
  }
}
