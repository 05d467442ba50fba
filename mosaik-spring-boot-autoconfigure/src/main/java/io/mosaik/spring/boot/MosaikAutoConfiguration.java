package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.spring.listener.MosaikListenerBeanPostProcessor;
import io.mosaik.spring.listener.MosaikListenerErrorHandler;
import io.mosaik.spring.listener.MosaikListenerInterceptor;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;

/**
 * The node of an application, and what of it can be injected: {@link Network}, {@code Producer<T>},
 * {@code Consumer<T>}, {@code View<S>}, the groups of {@code mosaik.groups.*}, and methods with
 * {@link io.mosaik.spring.listener.MosaikListener}.
 *
 * <p>The node starts when its bean is made, which is before anything that is injected with it. It
 * is closed when its bean is destroyed: after every bean that depends on it, and after all {@link
 * org.springframework.context.SmartLifecycle}s (listeners, web server) have stopped.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "mosaik.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MosaikProperties.class)
public final class MosaikAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Network mosaikNetwork(
      MosaikProperties properties, ObjectProvider<NetworkBuilderCustomizer> customizers) {
    return new NetworkFactory(properties).start(customizers.orderedStream().toList());
  }

  /** Streams and listeners of the one node. */
  @Configuration(proxyBeanMethods = false)
  @Import({GroupBeans.class, ViewBeans.class})
  static class Injection {

    @Bean
    GroupNames mosaikGroupNames() {
      return new GroupNames();
    }

    @Bean
    InjectedStreams mosaikInjectedStreams(Network network, ConfigurableListableBeanFactory beans) {
      return new InjectedStreams(network, beans);
    }

    /** For each injection point, the one producer of its type's stream. */
    @Bean(destroyMethod = "")
    @Fallback
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    <T> Producer<T> mosaikProducer(InjectionPoint injectionPoint, InjectedStreams streams) {
      return streams.producer(injectionPoint);
    }

    /** For each injection point a consumer of its own, of its type's stream. */
    @Bean(destroyMethod = "")
    @Fallback
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    <T> Consumer<T> mosaikConsumer(InjectionPoint injectionPoint, InjectedStreams streams) {
      return streams.consumer(injectionPoint);
    }

    @Bean
    static MosaikListenerBeanPostProcessor mosaikListenerBeanPostProcessor(
        ObjectProvider<MosaikListenerRegistry> registry) {
      return new MosaikListenerBeanPostProcessor(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    MosaikListenerErrorHandler mosaikListenerErrorHandler() {
      var log = LoggerFactory.getLogger(MosaikListenerErrorHandler.class);
      return (listenerId, received, error) ->
          log.error(
              "Listener '{}' failed on a datum of {}; the next one follows",
              listenerId,
              received.producer().toShortString(),
              error);
    }

    /** Asks for the network only when the first listener comes. */
    @Bean
    @ConditionalOnMissingBean
    MosaikListenerRegistry mosaikListenerRegistry(
        ObjectProvider<Network> network,
        MosaikListenerErrorHandler errorHandler,
        ObjectProvider<MosaikListenerInterceptor> interceptors) {
      List<MosaikListenerInterceptor> ordered = interceptors.orderedStream().toList();
      return new MosaikListenerRegistry(network::getObject, () -> errorHandler, () -> ordered);
    }
  }
}
