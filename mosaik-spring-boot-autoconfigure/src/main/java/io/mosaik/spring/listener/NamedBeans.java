package io.mosaik.spring.listener;

import io.mosaik.tickets.TicketValidator;
import java.util.Arrays;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/** The beans that attributes of annotations name. */
public final class NamedBeans {

  private NamedBeans() {}

  /**
   * The validator that {@code requireTicket} names.
   *
   * @throws IllegalArgumentException if there is none; it says which there are
   */
  public static TicketValidator validator(ListableBeanFactory beans, String name) {
    return named(beans, "requireTicket", name, TicketValidator.class);
  }

  static <T> T named(ListableBeanFactory beans, String attribute, String name, Class<T> type) {
    try {
      return beans.getBean(name, type);
    } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException e) {
      throw new IllegalArgumentException(
          attribute
              + " is '"
              + name
              + "', which is no bean of type "
              + type.getSimpleName()
              + "; there are "
              + Arrays.toString(beans.getBeanNamesForType(type)),
          e);
    }
  }
}
