// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A back end in front of another one")
class ForwardingBackendTest {
    @Test
    @DisplayName("passes on every method, also one that has a default")
    void passesOnEveryMethod() {
        assertThat(AudioBackend.class.getDeclaredMethods())
                .filteredOn(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .isNotEmpty()
                .allSatisfy(method -> assertThatCode(() -> passedOn(method)).doesNotThrowAnyException());
    }

    private static Method passedOn(Method method) throws NoSuchMethodException {
        return ForwardingBackend.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
    }
}
