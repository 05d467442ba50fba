package io.mosaik.spring.boot;

import io.mosaik.Network;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health of the node, as {@code mosaik}; {@code management.health.mosaik.enabled}. */
@AutoConfiguration(after = MosaikAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Network.class)
@ConditionalOnEnabledHealthIndicator("mosaik")
public final class MosaikHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "mosaikHealthIndicator")
  HealthIndicator mosaikHealthIndicator(Network network, ObjectProvider<GroupNames> names) {
    return new MosaikHealthIndicator(network, names.getIfAvailable(GroupNames::new));
  }
}
