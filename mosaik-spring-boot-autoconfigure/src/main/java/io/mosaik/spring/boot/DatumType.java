package io.mosaik.spring.boot;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.ResolvableType;

/** The class of the datums that an injection point asks for. */
final class DatumType {

  private DatumType() {}

  /**
   * Reads {@code T} from an injection point of {@code Producer<T>} or {@code Consumer<T>}, also
   * inside an {@code ObjectProvider} or {@code Optional}.
   *
   * @throws IllegalStateException if it names no class
   */
  @SuppressWarnings("unchecked") // the injection point declares T
  static <T> Class<T> of(InjectionPoint injectionPoint, Class<?> handle) {
    if (!(injectionPoint instanceof DependencyDescriptor descriptor)) {
      throw new IllegalStateException(
          "a "
              + handle.getSimpleName()
              + " can be had by injection only; otherwise ask network.streams() for it");
    }
    ResolvableType type = descriptor.getResolvableType().as(handle);
    Class<?> datum = type.getGeneric(0).resolve();
    if (datum == null || datum == Object.class) {
      throw new IllegalStateException(
          "'"
              + descriptor.getResolvableType()
              + "' at "
              + injectionPoint.getMember()
              + " names no datum; declare its class, as "
              + handle.getSimpleName()
              + "<Order>");
    }
    return (Class<T>) datum;
  }
}
