import {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodUnary,
} from '@bufbuild/protobuf';

export function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}

export function isBidi(method: DescMethod): method is DescMethodBiDiStreaming {
  return method.methodKind === 'bidi_streaming';
}
