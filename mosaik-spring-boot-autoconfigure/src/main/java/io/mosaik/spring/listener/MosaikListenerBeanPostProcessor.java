package io.mosaik.spring.listener;

import io.mosaik.streams.Received;
import io.mosaik.streams.Start;
import io.mosaik.streams.criteria.Criteria;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

/** Finds the methods with {@link MosaikListener} and registers them once all beans are there. */
public final class MosaikListenerBeanPostProcessor
    implements BeanPostProcessor,
        SmartInitializingSingleton,
        EmbeddedValueResolverAware,
        BeanFactoryAware {

  private final ObjectProvider<MosaikListenerRegistry> registry;
  private final List<MosaikListenerEndpoint> found = new ArrayList<>();
  private @Nullable StringValueResolver placeholders;
  private @Nullable ListableBeanFactory beans;
  private boolean allThere;

  /** With the registry, which is asked for only when there is a listener. */
  public MosaikListenerBeanPostProcessor(ObjectProvider<MosaikListenerRegistry> registry) {
    this.registry = registry;
  }

  @Override
  public void setEmbeddedValueResolver(StringValueResolver resolver) {
    placeholders = resolver;
  }

  @Override
  public void setBeanFactory(BeanFactory beanFactory) {
    beans = beanFactory instanceof ListableBeanFactory listable ? listable : null;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    Class<?> type = AopUtils.getTargetClass(bean);
    if (!org.springframework.core.annotation.AnnotationUtils.isCandidateClass(
        type, MosaikListener.class)) {
      return bean;
    }
    Map<Method, MosaikListener> methods =
        MethodIntrospector.selectMethods(
            type,
            (MethodIntrospector.MetadataLookup<MosaikListener>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, MosaikListener.class));
    for (var entry : new LinkedHashMap<>(methods).entrySet()) {
      MosaikListenerEndpoint endpoint;
      try {
        endpoint = endpoint(bean, beanName, entry.getKey(), entry.getValue());
      } catch (IllegalArgumentException e) {
        throw new BeanCreationException(
            beanName, "@MosaikListener " + describe(entry.getKey()) + ": " + e.getMessage(), e);
      }
      if (allThere) {
        registry.getObject().register(endpoint);
      } else {
        found.add(endpoint);
      }
    }
    return bean;
  }

  @Override
  public void afterSingletonsInstantiated() {
    allThere = true;
    found.forEach(registry.getObject()::register);
    found.clear();
  }

  private MosaikListenerEndpoint endpoint(
      Object bean, String beanName, Method method, MosaikListener listener) {
    if (method.getParameterCount() != 1) {
      throw new IllegalArgumentException(
          "takes "
              + method.getParameterCount()
              + " parameters; it must take one, the datum or Received<datum>");
    }
    Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
    ReflectionUtils.makeAccessible(invocable);
    ResolvableType parameter = ResolvableType.forMethodParameter(method, 0);
    boolean wantsReceived = Received.class.equals(parameter.resolve());
    Class<?> type = wantsReceived ? parameter.getGeneric(0).resolve() : parameter.resolve();
    if (type == null || Object.class.equals(type)) {
      throw new IllegalArgumentException(
          "its parameter '"
              + parameter
              + "' names no datum; declare its class, as Order or Received<Order>");
    }
    return new MosaikListenerEndpoint(
        listener.id().isEmpty() ? beanName + "." + method.getName() : resolve(listener.id()),
        type,
        text(listener.stream()),
        PeerRequirements.of(
            listener.tags(), listener.rttBelow(), listener.requireTicket(), this::resolve),
        name -> NamedBeans.validator(beans(), name),
        criteria(text(listener.criteria())),
        text(listener.shared()),
        number("concurrency", resolve(listener.concurrency())),
        listener.bufferSize().isEmpty()
            ? null
            : number("bufferSize", resolve(listener.bufferSize())),
        start(resolve(listener.from())),
        truth("resume", resolve(listener.resume())),
        listener.autoStartup(),
        received -> invoke(invocable, bean, wantsReceived ? received : received.datum()));
  }

  private static void invoke(Method method, Object bean, Object argument) throws Exception {
    try {
      method.invoke(bean, argument);
    } catch (InvocationTargetException e) {
      switch (e.getTargetException()) {
        case Exception exception -> throw exception;
        case Error error -> throw error;
        default -> throw e;
      }
    }
  }

  /** Asked for when the listener starts: until then its own bean may be in the making. */
  private @Nullable Supplier<Criteria> criteria(@Nullable String beanName) {
    return beanName == null
        ? null
        : () -> NamedBeans.named(beans(), "criteria", beanName, Criteria.class);
  }

  private ListableBeanFactory beans() {
    if (beans == null) {
      throw new IllegalStateException("no bean factory that lists its beans");
    }
    return beans;
  }

  private static int number(String attribute, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          attribute + " is '" + text + "'; give a number, as \"4\"", e);
    }
  }

  private static Start start(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "now" -> Start.NOW;
      case "earliest" -> Start.EARLIEST;
      default -> throw new IllegalArgumentException("from is '" + text + "'; give now or earliest");
    };
  }

  private static boolean truth(String attribute, String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(attribute + " is '" + text + "'; give true or false");
    };
  }

  /** What an attribute says, or null if nothing. */
  private @Nullable String text(String attribute) {
    String resolved = resolve(attribute);
    return resolved.isEmpty() ? null : resolved;
  }

  private String resolve(String text) {
    StringValueResolver resolver = placeholders;
    String resolved = resolver == null ? text : resolver.resolveStringValue(text);
    return resolved == null ? "" : resolved;
  }

  private static String describe(Method method) {
    return ClassUtils.getQualifiedMethodName(method) + "()";
  }
}
