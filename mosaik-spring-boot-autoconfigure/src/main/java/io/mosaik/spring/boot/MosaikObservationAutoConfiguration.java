package io.mosaik.spring.boot;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.mosaik.spring.listener.MosaikListenerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** An observation {@code mosaik.listener} around each call of a listener method. */
@AutoConfiguration(
    before = MosaikAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class MosaikObservationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "mosaikListenerObservation")
  MosaikListenerInterceptor mosaikListenerObservation(ObservationRegistry registry) {
    return (listenerId, call) ->
        Observation.createNotStarted("mosaik.listener", registry)
            .contextualName(listenerId)
            .lowCardinalityKeyValue("listener", listenerId)
            .observeChecked(call::proceed);
  }
}
