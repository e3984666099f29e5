"""A survivor's right to be forgotten: asked, checked against holds, agreed by a second person, done, certified."""
