package io.mosaik.streams.criteria;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The components of record types, with functions that read them. Each function is made once, from
 * the accessor's method handle, and calls it as code would that was written by hand: no reflection,
 * no boxing, nothing that the JIT can't inline. Used by one thread at a time.
 */
final class Components {

  private record Key(String type, String component, String function) implements Comparable<Key> {

    @Override
    public int compareTo(Key other) {
      int byType = type.compareTo(other.type);
      int byComponent = byType != 0 ? byType : component.compareTo(other.component);
      return byComponent != 0 ? byComponent : function.compareTo(other.function);
    }
  }

  private final Map<Key, Object> readers = new TreeMap<>();

  /**
   * The component of that name.
   *
   * @throws CriteriaMismatchException if there is none
   */
  static RecordComponent find(Class<?> type, String name, Path within) {
    if (!type.isRecord()) {
      throw new CriteriaMismatchException(
          "'" + within + "' asks a component of " + type.getSimpleName() + ", which is no record");
    }
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> component.getName().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new CriteriaMismatchException(
                "'"
                    + within
                    + "': "
                    + type.getSimpleName()
                    + " has no component '"
                    + name
                    + "', but "
                    + Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .collect(Collectors.joining(", "))));
  }

  /** Reads a component of any type. */
  @SuppressWarnings("unchecked") // made for it
  Function<Object, Object> reader(RecordComponent component) {
    return (Function<Object, Object>)
        reader(component, Function.class, "apply", Object.class, boxed(component.getType()));
  }

  /** Reads a component that is a byte, short, int or long. */
  @SuppressWarnings("unchecked") // made for it
  ToLongFunction<Object> longReader(RecordComponent component) {
    return (ToLongFunction<Object>)
        reader(component, ToLongFunction.class, "applyAsLong", long.class, long.class);
  }

  /** Reads a component that is a float or double. */
  @SuppressWarnings("unchecked") // made for it
  ToDoubleFunction<Object> doubleReader(RecordComponent component) {
    return (ToDoubleFunction<Object>)
        reader(component, ToDoubleFunction.class, "applyAsDouble", double.class, double.class);
  }

  private Object reader(
      RecordComponent component,
      Class<?> function,
      String method,
      Class<?> erased,
      Class<?> returned) {
    Class<?> type = component.getDeclaringRecord();
    var key = new Key(type.getName(), component.getName(), method);
    return readers.computeIfAbsent(
        key, ignored -> make(component, type, function, method, erased, returned));
  }

  private static Object make(
      RecordComponent component,
      Class<?> type,
      Class<?> function,
      String method,
      Class<?> erased,
      Class<?> returned) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      MethodHandle accessor = lookup.unreflect(component.getAccessor());
      return LambdaMetafactory.metafactory(
              lookup,
              method,
              MethodType.methodType(function),
              MethodType.methodType(erased, Object.class),
              accessor,
              MethodType.methodType(returned, type))
          .getTarget()
          .invoke();
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new CriteriaMismatchException(
          "'"
              + component.getName()
              + "' of "
              + type.getName()
              + " can't be read; open its package to Mosaik: "
              + e);
    }
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
