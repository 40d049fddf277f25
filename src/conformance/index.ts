export { checkHistory } from './check-history';
export type { HistoryVerdict } from './check-history';
export { lockStoreConformance } from './conformance';
export type { LockStoreConformanceOptions } from './conformance';
export type { RecordedOperation } from './history';
export type { CreateStore, TestedStore } from './tested-store';
