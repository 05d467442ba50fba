package io.mosaik.spring.boot;

import io.mosaik.Network;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The {@code mosaikrecovery} endpoint of actuator, where it is exposed and access is given. */
@AutoConfiguration(after = MosaikAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(Network.class)
@ConditionalOnAvailableEndpoint(MosaikRecoveryEndpoint.class)
public final class MosaikRecoveryAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  MosaikRecoveryEndpoint mosaikRecoveryEndpoint(Network network, ObjectProvider<GroupNames> names) {
    return new MosaikRecoveryEndpoint(network, names.getIfAvailable(GroupNames::new));
  }
}
