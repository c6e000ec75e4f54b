/** The release that messages name; their texts are those of eksctl's source since 0.190. */
export const VERSION = '0.224.0';
