// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load.sample;

/** A class that implements nothing. */
public final class NoPlugin {}
