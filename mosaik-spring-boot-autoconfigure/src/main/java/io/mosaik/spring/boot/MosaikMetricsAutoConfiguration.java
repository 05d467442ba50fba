package io.mosaik.spring.boot;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.mosaik.Network;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of the node, for whatever registry the application has. */
@AutoConfiguration(after = MosaikAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean({Network.class, MosaikListenerRegistry.class})
public final class MosaikMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  MosaikMetrics mosaikMetrics(
      Network network, MosaikListenerRegistry listeners, ObjectProvider<GroupNames> names) {
    return new MosaikMetrics(network, listeners, names.getIfAvailable(GroupNames::new));
  }
}
