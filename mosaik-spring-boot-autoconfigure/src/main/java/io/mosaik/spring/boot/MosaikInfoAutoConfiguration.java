package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.id.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Who the node is and where others reach it, in the info endpoint. */
@AutoConfiguration(after = MosaikAutoConfiguration.class)
@ConditionalOnClass(InfoContributor.class)
@ConditionalOnBean(Network.class)
public final class MosaikInfoAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "mosaikInfoContributor")
  InfoContributor mosaikInfoContributor(
      Network network, ObjectProvider<MosaikProperties> properties) {
    return builder -> {
      var details = new LinkedHashMap<String, Object>();
      details.put("network", network.id().toString());
      details.put("peerId", network.peerId().toString());
      details.put("address", network.address().toString());
      details.put("tags", tags(network, properties.getIfAvailable()));
      builder.withDetail("mosaik", details);
    };
  }

  /** By their names as far as the application gave them, else by their ids. */
  private static List<String> tags(Network network, @Nullable MosaikProperties properties) {
    List<String> names = properties == null ? List.of() : properties.tags();
    return network.discovery().self().get().tags().stream()
        .map(tag ->
            names.stream()
                .filter(name -> Tag.of(name.strip()).equals(tag))
                .findFirst()
                .orElseGet(tag::toString))
        .toList();
  }
}
