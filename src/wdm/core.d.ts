/**
 * What tsc itself needs to exist when no standard library is loaded, and nothing more: none of JavaScript's own objects or
 * methods can be used in a driver.
 */
interface Array<T> { readonly length: number; [Index: number]: T }
interface Boolean {}
interface CallableFunction {}
interface Function {}
interface IArguments {}
interface NewableFunction {}
interface Number {}
interface Object {}
interface RegExp {}
interface String {}
