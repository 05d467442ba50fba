package io.mosaik.spring.boot;

import io.mosaik.Network;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The {@code mosaik} endpoint of actuator, where it is exposed. */
@AutoConfiguration(after = MosaikAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(Network.class)
@ConditionalOnAvailableEndpoint(MosaikEndpoint.class)
public final class MosaikEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  MosaikEndpoint mosaikEndpoint(Network network, ObjectProvider<GroupNames> names) {
    return new MosaikEndpoint(network, names.getIfAvailable(GroupNames::new));
  }
}
