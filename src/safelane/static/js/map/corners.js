// Taking single corners of a drawn shape away by a click or touch near them.

const NEAR = 18; // pixels: a finger
const FEWEST = { Polygon: 3, LineString: 2 };

function cornersOf(geometry) {
  if (geometry.type === "Polygon") return geometry.coordinates[0].slice(0, -1);
  return geometry.type === "LineString" ? geometry.coordinates : [geometry.coordinates];
}

function shapeOf(type, corners) {
  return { type, coordinates: type === "Polygon" ? [[...corners, corners[0]]] : corners };
}

function nearest(map, features, point) {
  let best = { distance: NEAR };
  for (const feature of features) {
    cornersOf(feature.geometry).forEach((corner, index) => {
      const at = map.project(corner);
      const distance = Math.hypot(at.x - point.x, at.y - point.y);
      if (distance < best.distance) best = { distance, feature, index };
    });
  }
  return best.feature ? best : null;
}

export function removeCornerAt(map, draw, features, point) {
  const found = nearest(map, features, point);
  if (!found) return;
  const { feature, index } = found;
  const corners = cornersOf(feature.geometry).filter((_corner, i) => i !== index);
  if (corners.length < (FEWEST[feature.geometry.type] ?? 1)) draw.removeFeatures([feature.id]);
  else draw.updateFeatureGeometry(feature.id, shapeOf(feature.geometry.type, corners));
}
