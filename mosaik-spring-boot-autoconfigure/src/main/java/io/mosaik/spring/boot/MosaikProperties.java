package io.mosaik.spring.boot;

import io.mosaik.groups.config.QuorumPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an application says of its node.
 *
 * @param network Name of the network to join. Nodes of different networks never meet.
 * @param secretKey Identity of the node: 64 hexadecimal characters, or any secret text. A fresh
 *     identity at each start if not set.
 * @param networkSecret Secret that every node of the network must know. Anyone who knows the
 *     network's name may join if not set.
 * @param bind Local UDP address to listen on. Port 0 takes any free one.
 * @param advertise Further addresses under which others can reach the node, as host:port.
 * @param tags Roles that the node announces.
 * @param bootstrap Nodes to meet first, as host:port or PEERID@host:port. One that lives is enough.
 * @param storage Where logs of groups are kept.
 * @param groups Groups to join, by a name of the application's own.
 */
@ConfigurationProperties("mosaik")
public record MosaikProperties(
    @Nullable String network,
    @Nullable String secretKey,
    @Nullable String networkSecret,
    @DefaultValue("0.0.0.0:0") String bind,
    @DefaultValue List<String> advertise,
    @DefaultValue List<String> tags,
    @DefaultValue List<String> bootstrap,
    @DefaultValue StorageProperties storage,
    @DefaultValue Map<String, GroupProperties> groups) {

  /**
   * Where logs of groups are kept.
   *
   * @param directory Directory of the logs of groups, each in one of its own below, and of the
   *     node's identity where mosaik.secret-key is not set. Logs are in memory if not set, and lost
   *     when the application ends.
   */
  public record StorageProperties(@Nullable Path directory) {}

  /**
   * A group to join.
   *
   * @param key Secret that the members of the group share: 64 hexadecimal characters, or any secret
   *     text.
   * @param machine Name of the StateMachine bean to replicate. Needed only where there are several.
   * @param bootstrapExpect How many members must meet before the group forms. Set to the number
   *     that is deployed, it excludes that two halves form apart. The same on every member.
   * @param observer Whether this member only replicates, and never votes or leads.
   * @param quorumPolicy What the group gives up when its members can't all see each other:
   *     availability (committed), or commands that were acknowledged (bonded). The same on every
   *     member.
   */
  public record GroupProperties(
      @Nullable String key,
      @Nullable String machine,
      @DefaultValue("1") int bootstrapExpect,
      @DefaultValue("false") boolean observer,
      @DefaultValue("committed") QuorumPolicy quorumPolicy) {}
}
