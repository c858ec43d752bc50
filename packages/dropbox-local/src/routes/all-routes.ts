import { uploadSessionAppendBatch } from "./append-batch.ts";
import { checkApp, checkUser, revokeToken } from "./check-and-auth.ts";
import { getCopyReference, saveCopyReference } from "./copy-reference.ts";
import { createFolder, createFolderBatch, createFolderBatchCheck, createFolderV1 } from "./create-folder.ts";
import { deleteBatch, deleteBatchCheck, deleteV1, deleteV2 } from "./delete.ts";
import { download } from "./download.ts";
import { downloadZip } from "./download-zip.ts";
import { getFeatureValues, permanentlyDelete } from "./features.ts";
import {
  uploadSessionFinish,
  uploadSessionFinishBatch,
  uploadSessionFinishBatchCheck,
  uploadSessionFinishBatchV1,
} from "./finish-session.ts";
import { getLatestCursor, listFolder, listFolderContinue } from "./list-folder.ts";
import { longpoll } from "./longpoll.ts";
import { getMetadata, getMetadataAlpha } from "./metadata.ts";
import { receivedShareRoutes } from "./received-shares.ts";
import { relocationRoutes } from "./relocate.ts";
import { relocationBatchRoutesV1 } from "./relocation-batch-v1.ts";
import { listRevisions, restore } from "./revisions.ts";
import type { AnyRoute } from "./route.ts";
import { search, searchContinue } from "./search.ts";
import { searchV1 } from "./search-v1.ts";
import { getSharedLinkFile } from "./shared-link-content.ts";
import { createSharedLink, getSharedLinkMetadata, listSharedLinks, revokeSharedLink } from "./shared-links.ts";
import { createSharedLinkV1, getSharedLinks } from "./shared-links-v1.ts";
import { getTemporaryLink, getTemporaryUploadLink } from "./temporary-link.ts";
import { getThumbnail, getThumbnailBatch, getThumbnailV2 } from "./thumbnails.ts";
import { uploadRoutes } from "./upload.ts";
import {
  uploadSessionAppend,
  uploadSessionAppendV1,
  uploadSessionStart,
  uploadSessionStartBatch,
} from "./upload-session.ts";
import { getAccount, getAccountBatch, getCurrentAccount, getSpaceUsage } from "./users.ts";

/** Everything below `/2/` that is implemented. */
export const ALL_ROUTES: readonly AnyRoute[] = [
  listFolder,
  listFolderContinue,
  getLatestCursor,
  longpoll,
  getMetadata,
  getMetadataAlpha,
  ...uploadRoutes,
  uploadSessionStart,
  uploadSessionStartBatch,
  uploadSessionAppend,
  uploadSessionAppendV1,
  uploadSessionAppendBatch,
  uploadSessionFinish,
  uploadSessionFinishBatch,
  uploadSessionFinishBatchV1,
  uploadSessionFinishBatchCheck,
  download,
  downloadZip,
  ...relocationRoutes,
  ...relocationBatchRoutesV1,
  deleteV1,
  deleteV2,
  deleteBatch,
  deleteBatchCheck,
  createFolderV1,
  createFolder,
  createFolderBatch,
  createFolderBatchCheck,
  listRevisions,
  restore,
  permanentlyDelete,
  getTemporaryLink,
  getTemporaryUploadLink,
  getThumbnail,
  getThumbnailV2,
  getThumbnailBatch,
  getCopyReference,
  saveCopyReference,
  search,
  searchContinue,
  searchV1,
  createSharedLink,
  listSharedLinks,
  revokeSharedLink,
  getSharedLinkMetadata,
  getSharedLinkFile,
  createSharedLinkV1,
  getSharedLinks,
  ...receivedShareRoutes,
  getCurrentAccount,
  getSpaceUsage,
  getAccount,
  getAccountBatch,
  getFeatureValues,
  checkUser,
  checkApp,
  revokeToken,
];
