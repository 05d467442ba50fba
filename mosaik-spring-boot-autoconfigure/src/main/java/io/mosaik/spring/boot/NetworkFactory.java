package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.NetworkBuilder;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.NetworkId;
import io.mosaik.id.SecretKey;
import io.mosaik.spring.boot.MosaikProperties.GroupProperties;
import io.mosaik.transport.Address;
import io.mosaik.transport.AddressUnavailableException;
import io.mosaik.transport.PeerAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the properties, each with the error that names it, and starts the node. */
final class NetworkFactory {

  private static final String ADDRESS = "\"10.0.0.1:4000\"";

  private final MosaikProperties properties;

  NetworkFactory(MosaikProperties properties) {
    this.properties = properties;
  }

  Network start(Iterable<NetworkBuilderCustomizer> customizers) {
    NetworkBuilder builder =
        Network.builder(NetworkId.of(required("mosaik.network", properties.network(), "trading")))
            .bind(parse("mosaik.bind", properties.bind(), "\"0.0.0.0:4000\"", Address::parse))
            .advertise(
                each("advertise", properties.advertise(), ADDRESS, Address::parse)
                    .toArray(Address[]::new))
            .bootstrap(
                each("bootstrap", properties.bootstrap(), ADDRESS, PeerAddress::parse)
                    .toArray(PeerAddress[]::new))
            .tags(
                each("tags", properties.tags(), "trader", NetworkFactory::tag)
                    .toArray(String[]::new));
    String secretKey = properties.secretKey();
    if (secretKey != null) {
      builder.secretKey(
          parse("mosaik.secret-key", secretKey, "\"a-long-secret-of-this-node\"", SecretKey::of));
    }
    Path directory = properties.storage().directory();
    if (secretKey == null && directory != null) {
      builder.secretKey(NodeKey.in(directory)); // logs belong to the node that has written them
    }
    String networkSecret = properties.networkSecret();
    if (networkSecret != null) {
      builder.networkSecret(
          required("mosaik.network-secret", networkSecret, "\"a-long-secret-of-all-nodes\""));
    }
    customizers.forEach(customizer -> customizer.customize(builder));
    try {
      return builder.start();
    } catch (AddressUnavailableException e) {
      throw invalid("mosaik.bind", String.valueOf(e.getMessage()), "\"0.0.0.0:0\"", e);
    }
  }

  static GroupKey groupKey(String name, @Nullable String key) {
    String property = "mosaik.groups." + name + ".key";
    String example = "\"a-long-secret-of-this-group\"";
    return parse(property, required(property, key, example), example, GroupKey::of);
  }

  static ConsensusConfig consensus(String group, GroupProperties properties) {
    try {
      return ConsensusConfig.builder()
          .bootstrapExpect(properties.bootstrapExpect())
          .quorumPolicy(properties.quorumPolicy())
          .build();
    } catch (IllegalArgumentException e) {
      throw invalid(
          "mosaik.groups." + group + ".bootstrap-expect", String.valueOf(e.getMessage()), "3", e);
    }
  }

  private static String tag(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("a tag can't be blank");
    }
    return text;
  }

  private static <T> List<T> each(
      String name, List<String> values, String example, Function<String, T> parser) {
    var parsed = new ArrayList<T>(values.size());
    for (int i = 0; i < values.size(); i++) {
      parsed.add(parse("mosaik." + name + "[" + i + "]", values.get(i), example, parser));
    }
    return parsed;
  }

  private static String required(String property, @Nullable String value, String example) {
    if (value == null) {
      throw invalid(property, "it is required and not set", example, null);
    }
    if (value.isBlank()) {
      throw invalid(property, "it is blank", example, null);
    }
    return value;
  }

  private static <T> T parse(
      String property, String value, String example, Function<String, T> parser) {
    try {
      return parser.apply(value.strip());
    } catch (IllegalArgumentException e) {
      throw invalid(property, String.valueOf(e.getMessage()), example, e);
    }
  }

  private static InvalidMosaikPropertyException invalid(
      String property, String problem, String example, @Nullable Throwable cause) {
    return new InvalidMosaikPropertyException(property, problem, example, cause);
  }
}
