package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.id.Tag;
import java.util.LinkedHashMap;
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
  InfoContributor mosaikInfoContributor(Network network) {
    return builder -> {
      var details = new LinkedHashMap<String, Object>();
      details.put("network", network.id().toString());
      details.put("peerId", network.peerId().toString());
      details.put("address", network.address().toString());
      details.put(
          "tags", network.discovery().self().get().tags().stream().map(Tag::toString).toList());
      builder.withDetail("mosaik", details);
    };
  }
}
