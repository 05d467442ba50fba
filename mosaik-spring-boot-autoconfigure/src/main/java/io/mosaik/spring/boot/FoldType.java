package io.mosaik.spring.boot;

import io.mosaik.streams.Fold;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * What a {@link Fold} bean is of, as its declaration says.
 *
 * @param datums the class of its datums
 * @param state what it makes of them
 */
record FoldType(Class<?> datums, ResolvableType state) {

  /**
   * Reads the declaration; doesn't make the bean.
   *
   * @throws IllegalStateException if it names no classes
   */
  static FoldType of(String bean, ConfigurableListableBeanFactory beans) {
    ResolvableType type = ResolvableType.NONE;
    if (beans.containsBeanDefinition(bean)) {
      type = beans.getMergedBeanDefinition(bean).getResolvableType().as(Fold.class);
    }
    Class<?> datums = type.getGeneric(0).resolve();
    ResolvableType state = type.getGeneric(1);
    if (datums == null || state.resolve() == null) {
      throw new IllegalStateException(
          "the bean '"
              + bean
              + "' is a fold of nothing in particular; declare its classes, as Fold<Trade, Volume>");
    }
    return new FoldType(datums, state);
  }

  /** The type of the views of it. */
  ResolvableType view() {
    return ResolvableType.forClassWithGenerics(io.mosaik.streams.View.class, state);
  }
}
