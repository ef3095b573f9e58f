// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

/** Whether what a picture shows is as it should be, and how so in a sentence. */
public record Verdict(boolean good, String words) {}
