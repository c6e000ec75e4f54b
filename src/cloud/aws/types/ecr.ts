// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
import type { Tag } from '../params.ts';

export interface EcrRepository {
  repositoryArn: string;
  registryId: string;
  repositoryName: string;
  repositoryUri: string;
  createdAt: number;
  imageTagMutability: string;
  imageScanningConfiguration: { scanOnPush: boolean };
  encryptionConfiguration: { encryptionType: string };
  tags: Tag[];
  images: EcrImage[];
}

export interface EcrImage {
  imageDigest: string;
  imageTags: string[];
  /** Bytes as they are stored: packed. */
  imageSizeInBytes: number;
  imagePushedAt: number;
  lastRecordedPullTime?: number;
}
