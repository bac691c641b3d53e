#include "ledger/onvif-names.h"

#include <string.h>

/* Elements and attributes of ONVIF's schemas common.xsd and metadatastream.xsd (version 25.12,
 * targetNamespace http://www.onvif.org/ver10/schema), and those of OASIS WS-BaseNotification 1.3
 * and WS-Addressing that its events use.  In the order of strcmp(). */
static const char *const names[] = {
  "Address",
  "Appearance",
  "AspectRatioTransformation",
  "AudioAnalyticsStream",
  "AudioDescriptor",
  "Authority",
  "AutoGeo",
  "AzimuthAngle",
  "BarcodeInfo",
  "Behaviour",
  "BoundingBox",
  "Brand",
  "CaptureTime",
  "Cells",
  "CenterOfGravity",
  "Class",
  "ClassCandidate",
  "Color",
  "ColorCluster",
  "Colorspace",
  "Columns",
  "CountryCode",
  "Covariance",
  "Data",
  "Delete",
  "Dialect",
  "Direction",
  "Distance",
  "ElementItem",
  "ElevationAngle",
  "Entity",
  "Error",
  "Event",
  "Extension",
  "FieldOfView",
  "Fixed",
  "Frame",
  "GeoLocation",
  "GeoOrientation",
  "GeoSource",
  "HumanBody",
  "HumanFace",
  "ID",
  "Idle",
  "Image",
  "ImageRef",
  "IssuingEntity",
  "Key",
  "Label",
  "LicensePlateInfo",
  "Likelihood",
  "LocalLocation",
  "LocalOrientation",
  "Max",
  "Merge",
  "Message",
  "Metadata",
  "MetadataStream",
  "Min",
  "Model",
  "MotionInCells",
  "MoveStatus",
  "Name",
  "NotificationMessage",
  "Object",
  "ObjectId",
  "ObjectState",
  "ObjectTree",
  "OtherTypes",
  "PPM",
  "PTZ",
  "PTZStatus",
  "PanTilt",
  "Parent",
  "ParentUUID",
  "PlateNumber",
  "PlateType",
  "Point",
  "Polygon",
  "Position",
  "ProducerReference",
  "PropertyOperation",
  "ReferenceParameters",
  "Removed",
  "Rename",
  "Rows",
  "Scale",
  "SceneImage",
  "SceneImageRef",
  "SensorData",
  "SensorID",
  "Shape",
  "SimpleItem",
  "Source",
  "Speed",
  "SphericalCoordinate",
  "Split",
  "SubscriptionReference",
  "Token",
  "Topic",
  "Transformation",
  "Translate",
  "Type",
  "UUID",
  "UtcTime",
  "Value",
  "VehicleInfo",
  "VideoAnalytics",
  "Weight",
  "X",
  "XX",
  "XY",
  "XZ",
  "Y",
  "YY",
  "YZ",
  "Z",
  "ZZ",
  "Zoom",
  "bottom",
  "elevation",
  "from",
  "hfov",
  "lat",
  "left",
  "lon",
  "pan",
  "pitch",
  "ratio",
  "right",
  "roll",
  "space",
  "tilt",
  "to",
  "top",
  "vfov",
  "x",
  "y",
  "yaw",
  "z",
};

static gint
compare (const char *known, const guint8 *name, gsize length)
{
  gint order = strncmp (known, (const char *)name, length);

  return order != 0 ? order : known[length] != '\0';
}

gboolean
lens_onvif_is_name (const guint8 *name, gsize length)
{
  guint low = 0, high = G_N_ELEMENTS (names);

  while (low < high)
    {
      guint middle = (low + high) / 2;
      gint order = compare (names[middle], name, length);
      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

/* Parts of names, ONVIF's and makers', in any letter case. */
static const struct
{
  const char *part, *kind;
} kinds[] = {
  { "humanface", "faces" },
  { "facerect", "faces" },
  { "facefeature", "faces" },
  { "faceid", "faces" },
  { "emotion", "faces" },
  { "licenseplate", "licence plates" },
  { "platenumber", "licence plates" },
  { "plateno", "licence plates" },
  { "bodytemp", "body temperature" },
  { "facetemp", "body temperature" },
  { "sceneimage", "pictures of objects" },
  { "faceimage", "pictures of objects" },
  { "macaddress", "radio addresses" },
  { "maclist", "radio addresses" },
};

const char *
lens_onvif_kind (const guint8 *name, gsize length)
{
  g_autofree char *lower = g_ascii_strdown ((const char *)name, (gssize)length);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strstr (lower, kinds[i].part) != NULL)
      return kinds[i].kind;
  return g_str_equal (lower, "image") ? "pictures of objects" : NULL;
}
