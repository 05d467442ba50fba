package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.streams.Fold;
import io.mosaik.streams.View;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;

/**
 * Makes a {@code View<S>} bean for each {@code Fold<T, S>} bean, qualified by that one's name, when
 * it is first injected: an application that only keeps the fold subscribes to nobody. Where the
 * application defines a view of the same type itself, it is left to that.
 */
final class ViewBeans implements BeanDefinitionRegistryPostProcessor, Ordered {

  private static final String PREFIX = "mosaikView-";

  /** After all others have registered their beans. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans) {
      for (String fold : beans.getBeanNamesForType(Fold.class, true, false)) {
        register(fold, registry, beans);
      }
    }
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {}

  private static void register(
      String fold, BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans) {
    FoldType type = FoldType.of(fold, beans);
    for (String own : beans.getBeanNamesForType(type.view(), true, false)) {
      if (!own.startsWith(PREFIX)) {
        return;
      }
    }
    var definition = new RootBeanDefinition();
    definition.setTargetType(type.view());
    definition.setInstanceSupplier(() -> view(beans, type.datums(), fold));
    definition.setLazyInit(true);
    definition.setDestroyMethodName("close");
    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, fold));
    registry.registerBeanDefinition(PREFIX + fold, definition);
  }

  @SuppressWarnings("unchecked") // the bean's declaration says that it is of these datums
  private static <T> View<?> view(
      ConfigurableListableBeanFactory beans, Class<T> datums, String fold) {
    return beans
        .getBean(Network.class)
        .streams()
        .fold(datums, (Fold<T, ?>) beans.getBean(fold, Fold.class));
  }
}
