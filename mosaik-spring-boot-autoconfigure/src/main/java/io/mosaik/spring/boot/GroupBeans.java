package io.mosaik.spring.boot;

import io.mosaik.Network;
import io.mosaik.durable.DurableLogStorage;
import io.mosaik.groups.Group;
import io.mosaik.groups.GroupBuilder;
import io.mosaik.groups.GroupKey;
import io.mosaik.groups.StateMachine;
import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.id.GroupId;
import io.mosaik.spring.boot.MosaikProperties.GroupProperties;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Makes a {@code Group<C, R, Q, A>} bean for each of {@code mosaik.groups.*}, typed by the {@link
 * StateMachine} bean that it replicates, and qualified by its name. Where the application defines a
 * group of the same type itself, it is left to that.
 */
final class GroupBeans implements BeanDefinitionRegistryPostProcessor, EnvironmentAware, Ordered {

  private static final Logger logger = LoggerFactory.getLogger(GroupBeans.class);
  private static final String PREFIX = "mosaikGroup-";
  private static final Bindable<Map<String, GroupProperties>> GROUPS =
      Bindable.mapOf(String.class, GroupProperties.class);

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  /** After all others have registered their beans. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (environment == null || !(registry instanceof ConfigurableListableBeanFactory beanFactory)) {
      return;
    }
    Map<String, GroupProperties> groups = read(environment);
    groups.forEach(
        (name, properties) -> register(name, properties, registry, beanFactory, groups.size()));
  }

  private static Map<String, GroupProperties> read(Environment environment) {
    try {
      return Binder.get(environment).bind("mosaik.groups", GROUPS).orElse(Map.of());
    } catch (BindException e) {
      throw unreadable(e);
    }
  }

  private static InvalidMosaikPropertyException unreadable(BindException e) {
    ConfigurationPropertyName name = e.getName();
    Object value = e.getProperty() == null ? null : e.getProperty().getValue();
    String found = value == null ? "it can't be read" : "it is '" + value + "'";
    return switch (name.getLastElement(ConfigurationPropertyName.Form.UNIFORM)) {
      case "bootstrapexpect" ->
          new InvalidMosaikPropertyException(
              name.toString(), found + ", and must be a whole number", "3", e);
      case "quorumpolicy" ->
          new InvalidMosaikPropertyException(
              name.toString(), found + ", and must be committed or bonded", "committed", e);
      case "observer" ->
          new InvalidMosaikPropertyException(
              name.toString(), found + ", and must be true or false", "true", e);
      default -> // its value may be a secret
          new InvalidMosaikPropertyException(
              name.toString(),
              "it can't be read as settings of a group",
              name.getNumberOfElements() > 2
                  ? "{key: a-long-secret-of-this-group}"
                  : "{book: {key: a-long-secret-of-this-group}}",
              e);
    };
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {}

  private static void register(
      String name,
      GroupProperties properties,
      BeanDefinitionRegistry registry,
      ConfigurableListableBeanFactory beanFactory,
      int groups) {
    GroupKey key = NetworkFactory.groupKey(name, properties.key());
    ConsensusConfig consensus = NetworkFactory.consensus(name, properties);
    String machine = machineName(name, properties, beanFactory, groups);
    ResolvableType type = groupType(machine, beanFactory);
    for (String own : beanFactory.getBeanNamesForType(type, true, false)) {
      if (!own.startsWith(PREFIX)) {
        return;
      }
    }
    var definition = new RootBeanDefinition();
    definition.setTargetType(type);
    definition.setInstanceSupplier(() -> {
      Group<?, ?, ?, ?> group =
          join(
              beanFactory.getBean(Network.class).groups().withKey(key),
              machine == null ? null : beanFactory.getBean(machine, StateMachine.class),
              key,
              name,
              consensus,
              properties.observer(),
              beanFactory.getBean(MosaikProperties.class).storage().directory());
      beanFactory.getBean(GroupNames.class).put(group.id(), name);
      return group;
    });
    definition.setDestroyMethodName("close");
    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
    registry.registerBeanDefinition(PREFIX + name, definition);
  }

  private static Group<?, ?, ?, ?> join(
      GroupBuilder<?, ?, ?, ?> leaderOnly,
      @Nullable StateMachine<?, ?, ?, ?> machine,
      GroupKey key,
      String name,
      ConsensusConfig consensus,
      boolean observer,
      @Nullable Path storage) {
    GroupBuilder<?, ?, ?, ?> builder =
        machine == null ? leaderOnly : leaderOnly.stateMachine(machine);
    builder.consensus(consensus);
    if (observer) {
      builder.observer();
    }
    if (storage != null) {
      builder.storage(log(storage, builder.id(), key, name));
    }
    return builder.join();
  }

  private static DurableLogStorage log(Path storage, GroupId id, GroupKey key, String name) {
    DurableLogStorage log = DurableLogStorage.at(storage.resolve(id.toString()));
    log.keepFor(id, key.mark());
    List<Path> others = log.otherLogsOfItsKey();
    if (!others.isEmpty()) {
      logger.warn(
          "The group '{}' is {} now. There are logs of other groups of the same key: {}. Where consensus"
              + " settings, the machine's signature or ticket validators have changed, it is another"
              + " group, which begins with nothing; what the old one has stays where it is",
          name,
          id,
          others);
    }
    return log.prepare();
  }

  private static @Nullable String machineName(
      String name,
      GroupProperties properties,
      ConfigurableListableBeanFactory beanFactory,
      int groups) {
    String[] machines = beanFactory.getBeanNamesForType(StateMachine.class, true, false);
    String property = "mosaik.groups." + name + ".machine";
    String named = properties.machine();
    if (named != null) {
      if (Arrays.asList(machines).contains(named)) {
        return named;
      }
      throw new InvalidMosaikPropertyException(
          property,
          "there is no StateMachine bean '" + named + "'; there are " + Arrays.toString(machines),
          machines.length == 0 ? "aStateMachineBean" : machines[0],
          null);
    }
    if (machines.length == 0) {
      return null;
    }
    if (machines.length == 1 && groups == 1) {
      return machines[0];
    }
    throw new InvalidMosaikPropertyException(
        property,
        "which of the StateMachine beans "
            + Arrays.toString(machines)
            + " this group replicates must be said, since there are several groups or machines",
        machines[0],
        null);
  }

  private static ResolvableType groupType(
      @Nullable String machine, ConfigurableListableBeanFactory beanFactory) {
    if (machine == null) {
      return ResolvableType.forClassWithGenerics(
          Group.class, Void.class, Void.class, Void.class, Void.class);
    }
    ResolvableType type = ResolvableType.NONE;
    if (beanFactory.containsBeanDefinition(machine)) {
      type = beanFactory.getMergedBeanDefinition(machine).getResolvableType();
    }
    type = type.as(StateMachine.class);
    if (type.resolve() == null) {
      type = ResolvableType.forClass(beanFactory.getType(machine, false)).as(StateMachine.class);
    }
    return ResolvableType.forClassWithGenerics(Group.class, type.getGenerics());
  }
}
